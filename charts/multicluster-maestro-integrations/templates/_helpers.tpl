{{/* Always this name: an upgrade takes the place of the Go controllers' Deployment, and the guard looks for it. */}}
{{- define "integrations.name" -}}
multicluster-maestro-integrations
{{- end }}

{{- define "integrations.selector" -}}
name: {{ include "integrations.name" . }}
{{- end }}

{{- define "integrations.labels" -}}
{{ include "integrations.selector" . }}
app.kubernetes.io/name: {{ include "integrations.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "integrations.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "integrations.name" .) -}}
{{- end }}

{{- define "integrations.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "integrations.strategy" -}}
{{- if ne .Values.strategy "auto" -}}
{{ .Values.strategy }}
{{- else if gt (int .Values.replicas) 1 -}}
RollingUpdate
{{- else -}}
Recreate
{{- end -}}
{{- end }}

{{/* Mistakes that the schema cannot see. */}}
{{- define "integrations.check" -}}
{{- if and (gt (int .Values.replicas) 1) (not .Values.leaderElection.enabled) }}
{{- fail "replicas is more than 1, but leaderElection.enabled is false: all of them would write" }}
{{- end }}
{{- if and .Values.maestro.token.projected .Values.maestro.token.secretName }}
{{- fail "maestro.token.projected and maestro.token.secretName are two tokens: leave one out" }}
{{- end }}
{{- $token := or .Values.maestro.token.projected .Values.maestro.token.secretName }}
{{- if and $token (or (hasPrefix "grpc://" .Values.maestro.grpcEndpoint) (hasPrefix "http://" .Values.maestro.httpEndpoint)) }}
{{- fail "a token would be sent to Maestro in plaintext: use grpcs:// and https:// in maestro.grpcEndpoint and maestro.httpEndpoint" }}
{{- end }}
{{- if and .Values.maestro.tls.clientCertificate (not .Values.maestro.tls.secretName) }}
{{- fail "maestro.tls.clientCertificate needs maestro.tls.secretName" }}
{{- end }}
{{- end }}
