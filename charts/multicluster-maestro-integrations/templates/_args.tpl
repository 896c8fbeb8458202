{{/* How Maestro is reached; of the pod of `helm test` too. */}}
{{- define "integrations.maestroArgs" -}}
- "--grpc-endpoint={{ .Values.maestro.grpcEndpoint }}"
- "--http-endpoint={{ .Values.maestro.httpEndpoint }}"
- "--source-id={{ .Values.maestro.sourceId }}"
{{- with .Values.maestro.tls }}
{{- if .secretName }}
- "--grpc-server-ca-file=/etc/maestro/tls/{{ .caKey }}"
- "--http-ca-file=/etc/maestro/tls/{{ .caKey }}"
{{- if .clientCertificate }}
- "--grpc-client-cert-file=/etc/maestro/tls/{{ .certKey }}"
- "--grpc-client-key-file=/etc/maestro/tls/{{ .keyKey }}"
- "--http-client-cert-file=/etc/maestro/tls/{{ .certKey }}"
- "--http-client-key-file=/etc/maestro/tls/{{ .keyKey }}"
{{- end }}
{{- end }}
{{- end }}
{{- if or .Values.maestro.token.projected .Values.maestro.token.secretName }}
- "--grpc-client-token-file=/etc/maestro/token/token"
- "--http-token-file=/etc/maestro/token/token"
{{- end }}
{{- end }}

{{/* The command line, a flag a line; what is at its default is said all the same, so that the pod shows it. */}}
{{- define "integrations.args" -}}
- "--node-options=--max-old-space-size={{ .Values.heapMiB }}"
- "--in-cluster"
- "--controllers={{ join "," .Values.controllers }}"
{{ include "integrations.maestroArgs" . }}
{{- with .Values.hubId }}
- "--hub-id={{ . }}"
{{- end }}
{{- with .Values.leaderElection }}
- "--leader-elect={{ .enabled }}"
- "--lease-name={{ .leaseName }}"
- "--lease-duration={{ .leaseDuration }}"
- "--renew-deadline={{ .renewDeadline }}"
- "--retry-period={{ .retryPeriod }}"
{{- end }}
- "--health-address=:{{ .Values.health.port }}"
- "--metrics-address=:{{ .Values.metrics.port }}"
{{- with .Values.propagation }}
- "--max-concurrency={{ .maxConcurrency }}"
- "--authorisation={{ .authorisation }}"
- "--allowed-target-namespaces={{ join "," .allowedTargetNamespaces }}"
{{- if .deliverNamespace }}
- "--deliver-namespace"
{{- end }}
{{- if .deliverProject }}
- "--deliver-project"
{{- end }}
- "--deletion-policy={{ .deletionPolicy }}"
- "--deletion-fallback={{ .deletionFallback }}"
- "--resync-interval={{ .resyncInterval }}"
- "--gc-interval={{ .gc.interval }}"
- "--gc-brake={{ .gc.brake }}"
{{- if .gc.overrideBrake }}
- "--gc-override-brake"
{{- end }}
{{- end }}
{{- with .Values.aggregation }}
- "--status-mode={{ .statusMode }}"
- "--hub-writes-per-second={{ .hubWritesPerSecond }}"
- "--noise={{ .noise }}"
- "--stale-after={{ .staleAfter }}"
- "--appset-report={{ .appsetReport }}"
{{- end }}
- "--classic-namespace={{ .Values.coexistence.classicNamespace }}"
{{- if .Values.coexistence.allow }}
- "--allow-classic-coexistence"
{{- end }}
- "--classic-works-interval={{ .Values.coexistence.classicWorksInterval }}"
- "--log-format={{ .Values.log.format }}"
{{- range .Values.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end }}
