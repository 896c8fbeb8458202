{{/* Always this name: an upgrade takes the place of the Go controllers' Deployment, and the guard looks for it. */}}
{{- define "integrations.name" -}}
multicluster-maestro-integrations
{{- end }}

{{- define "integrations.selector" -}}
name: {{ include "integrations.name" . }}
{{- end }}

{{/* The labels that are the chart's own, without those that select pods. */}}
{{- define "integrations.ownLabels" -}}
app.kubernetes.io/name: {{ .Values.nameOverride | default (include "integrations.name" .) }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: controller
app.kubernetes.io/part-of: maestro-cli
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Of every object and of the pods. */}}
{{- define "integrations.labels" -}}
{{ include "integrations.selector" . }}
{{ include "integrations.ownLabels" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Those and the ones of this object, which beat the common ones. */}}
{{- define "integrations.labelsWith" -}}
{{- mergeOverwrite (fromYaml (include "integrations.labels" .root)) (deepCopy .own) | toYaml }}
{{- end }}

{{/* Of objects that no Service and no Deployment may take for a controller: the pod of `helm test`. */}}
{{- define "integrations.testLabels" -}}
{{ include "integrations.ownLabels" . | replace "component: controller" "component: test" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* `annotations:` with those of every object and those of this one; nothing when there are none. */}}
{{- define "integrations.annotations" -}}
{{- $all := mergeOverwrite (dict) (deepCopy .root.Values.commonAnnotations) (deepCopy (.own | default dict)) }}
{{- with $all }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "integrations.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "integrations.name" .) -}}
{{- end }}

{{/* The reference, with global.imageRegistry in place of the host that the repository begins with. */}}
{{- define "integrations.image" -}}
{{- $repository := .Values.image.repository -}}
{{- with .Values.global.imageRegistry -}}
{{- $parts := splitList "/" $repository -}}
{{- $host := first $parts -}}
{{- $hasHost := and (gt (len $parts) 1) (or (contains "." $host) (contains ":" $host) (eq $host "localhost")) -}}
{{- $repository = printf "%s/%s" (trimSuffix "/" .) (ternary (join "/" (rest $parts)) $repository $hasHost) -}}
{{- end -}}
{{- if .Values.image.digest -}}
{{ $repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ $repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* Names and objects alike, those of global first. */}}
{{- define "integrations.imagePullSecrets" -}}
{{- $names := list }}
{{- range concat .Values.global.imagePullSecrets .Values.imagePullSecrets }}
{{- $names = append $names (kindIs "string" . | ternary . (get (kindIs "string" . | ternary dict .) "name")) }}
{{- end }}
{{- with uniq $names }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
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

{{/* Secrets and tokens for Maestro, which the pod of `helm test` needs too. */}}
{{- define "integrations.maestroVolumes" -}}
{{- with .Values.maestro.tls.secretName }}
- name: maestro-tls
  secret: { secretName: {{ . }}, defaultMode: 0444 }
{{- end }}
{{- with .Values.maestro.token }}
{{- if .projected }}
- name: maestro-token
  projected:
    sources:
      - serviceAccountToken: { path: token, audience: {{ .audience }}, expirationSeconds: {{ .expirationSeconds }} }
{{- else if .secretName }}
- name: maestro-token
  secret:
    secretName: {{ .secretName }}
    defaultMode: 0444
    items:
      - { key: {{ .key }}, path: token }
{{- end }}
{{- end }}
{{- end }}

{{- define "integrations.maestroMounts" -}}
{{- if .Values.maestro.tls.secretName }}
- { name: maestro-tls, mountPath: /etc/maestro/tls, readOnly: true }
{{- end }}
{{- if or .Values.maestro.token.secretName .Values.maestro.token.projected }}
- { name: maestro-token, mountPath: /etc/maestro/token, readOnly: true }
{{- end }}
{{- end }}

{{/* Names of the variables that the chart sets, and the value to set instead. */}}
{{- define "integrations.ownEnv" -}}
POD_NAME: no other value
POD_NAMESPACE: no other value
LOG_LEVEL: log.level
HTTP_PROXY: proxy.httpProxy
HTTPS_PROXY: proxy.httpsProxy
NO_PROXY: proxy.noProxy
{{- end }}

{{/* HTTP_PROXY and so on, as `env` has them. */}}
{{- define "integrations.proxyEnv" -}}
{{- with .Values.proxy.httpProxy }}
- name: HTTP_PROXY
  value: {{ . | quote }}
{{- end }}
{{- with .Values.proxy.httpsProxy }}
- name: HTTPS_PROXY
  value: {{ . | quote }}
{{- end }}
{{- with .Values.proxy.noProxy }}
- name: NO_PROXY
  value: {{ . | quote }}
{{- end }}
{{- end }}

{{/* Mistakes that the schema cannot see. */}}
{{- define "integrations.check" -}}
{{- if .Values.fullnameOverride }}
{{- fail "fullnameOverride cannot be set: the Deployment takes the place of the Go controllers' by its name, and that name is how controllers of either kind are seen before anything is published. Names of the Lease and of the ServiceAccount are leaderElection.leaseName and serviceAccount.name; nameOverride sets the label app.kubernetes.io/name" }}
{{- end }}
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
{{- $own := fromYaml (printf "%s\n%s" (include "integrations.selector" .) (include "integrations.ownLabels" .)) }}
{{- range $value, $labels := dict "commonLabels" .Values.commonLabels "podLabels" .Values.podLabels "metrics.serviceMonitor.labels" .Values.metrics.serviceMonitor.labels "metrics.prometheusRule.labels" .Values.metrics.prometheusRule.labels "metrics.dashboard.labels" .Values.metrics.dashboard.labels }}
{{- range $label, $_ := $labels }}
{{- if hasKey $own $label }}
{{- fail (printf "%s cannot set %s: the chart sets that label itself" $value $label) }}
{{- end }}
{{- end }}
{{- end }}
{{- $ownEnv := fromYaml (include "integrations.ownEnv" .) }}
{{- range .Values.extraEnv }}
{{- if hasKey $ownEnv .name }}
{{- fail (printf "extraEnv cannot set %s, which the chart sets: use %s" .name (get $ownEnv .name)) }}
{{- end }}
{{- end }}
{{- $volumes := list "maestro-tls" "maestro-token" }}
{{- range .Values.extraVolumes }}
{{- if has .name $volumes }}
{{- fail (printf "extraVolumes cannot have %s: the name is the chart's own, or there twice" .name) }}
{{- end }}
{{- $volumes = append $volumes .name }}
{{- end }}
{{- range concat .Values.extraContainers .Values.initContainers }}
{{- if eq .name "controller" }}
{{- fail "controller is the name of the chart's own container" }}
{{- end }}
{{- end }}
{{- end }}
