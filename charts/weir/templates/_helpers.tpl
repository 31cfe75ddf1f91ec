{{/* The controllers of this chart: what differs between them, in the order in which they are rendered. */}}
{{- define "weir.controllers" -}}
source-controller:
  key: sourceController
  storage: true
  serves: true
  recreate: true
  grace: 10
  temp: tmp
kustomize-controller:
  key: kustomizeController
  grace: 60
  temp: temp
  refs: true
  applies: true
image-reflector-controller:
  key: imageReflectorController
  storage: true
  recreate: true
  grace: 10
  temp: temp
  refs: true
image-automation-controller:
  key: imageAutomationController
  recreate: true
  grace: 10
  temp: temp
  refs: true
{{- end }}

{{/* The names of the enabled ones, comma-separated. */}}
{{- define "weir.enabled" -}}
{{- $names := list }}
{{- range $name, $facts := include "weir.controllers" . | fromYaml }}
{{- if (index $.Values $facts.key).enabled }}{{ $names = append $names $name }}{{ end }}
{{- end }}
{{- join "," $names }}
{{- end }}

{{/* Labels of every object: dict root, component. */}}
{{- define "weir.labels" -}}
app.kubernetes.io/part-of: flux
app.kubernetes.io/instance: {{ .root.Release.Namespace }}
app.kubernetes.io/version: {{ include "weir.version" .root }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
control-plane: controller
{{- end }}
{{- end }}

{{- define "weir.version" -}}
{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}

{{- define "weir.image" -}}
{{ .Values.image.repository }}:{{ include "weir.version" . }}{{ with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* The ServiceAccount of a controller: dict root, controller. */}}
{{- define "weir.account" -}}
{{ if eq .root.Values.mode "all-in-one" }}weir{{ else }}{{ .controller }}{{ end }}
{{- end }}

{{/* Instances of a controller: itself, and one for each shard. dict root, controller → {"items": [{name, selector}]} */}}
{{- define "weir.instances" -}}
{{- $sharding := .root.Values.sharding }}
{{- $selector := .root.Values.watchLabelSelector }}
{{- $is_sharded := and $sharding.shards (has .controller $sharding.controllers) }}
{{- if $is_sharded }}{{ $selector = printf "!%s" $sharding.key }}{{ end }}
items:
- name: {{ .controller }}
  selector: {{ $selector | quote }}
{{- if $is_sharded }}
{{- range $sharding.shards }}
- name: {{ $.controller }}-{{ . }}
  selector: {{ printf "%s=%s" $sharding.key . | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* What no schema can see. */}}
{{- define "weir.check" -}}
{{- if and .Values.sharding.shards .Values.watchLabelSelector }}
{{- fail "watchLabelSelector: cannot be set together with sharding.shards, which sets it for each instance" }}
{{- end }}
{{- if and .Values.sharding.shards (eq .Values.mode "all-in-one") }}
{{- fail "sharding.shards: needs mode: controllers" }}
{{- end }}
{{- if and .Values.monitoring.podMonitor.enabled .Values.monitoring.serviceMonitor.enabled }}
{{- fail "monitoring.podMonitor.enabled: cannot be set together with monitoring.serviceMonitor.enabled: every series would be there twice" }}
{{- end }}
{{- if eq (include "weir.enabled" .) "" }}
{{- fail "sourceController.enabled: at least one controller must be enabled" }}
{{- end }}
{{- end }}

{{/* The flags that all controllers have. The order of the first ones is Flux's: install tools patch them by position. */}}
{{- define "weir.args" -}}
- --events-addr={{ .Values.eventsAddr }}
- --watch-all-namespaces={{ .Values.watchAllNamespaces }}
- --log-level={{ .Values.logLevel }}
- --log-encoding={{ .Values.logEncoding }}
{{- if .Values.leaderElection.enabled }}
- --enable-leader-election
{{- else }}
- --enable-leader-election=false
{{- end }}
{{- end }}

{{- define "weir.args.election" -}}
- --leader-election-lease-duration={{ .Values.leaderElection.leaseDuration }}
- --leader-election-renew-deadline={{ .Values.leaderElection.renewDeadline }}
- --leader-election-retry-period={{ .Values.leaderElection.retryPeriod }}
{{- end }}

{{/* Flags of the restricted profile: dict root, facts, prefix ("--" or "--<controller>."). */}}
{{- define "weir.args.profile" -}}
{{- if eq .root.Values.rbac.profile "restricted" }}
{{- if .facts.refs }}
- {{ .prefix }}no-cross-namespace-refs=true
{{- end }}
{{- if .facts.applies }}
- {{ .prefix }}no-remote-bases=true
- {{ .prefix }}default-service-account={{ .root.Values.rbac.restricted.defaultServiceAccount }}
{{- end }}
{{- end }}
{{- end }}

{{- define "weir.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: {drop: [ALL]}
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{/* What every pod of the chart has: the scheduling and the pull secrets. */}}
{{- define "weir.scheduling" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
- name: {{ . }}
{{- end }}
{{- end }}
nodeSelector:
  kubernetes.io/os: linux
  {{- with .Values.nodeSelector }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.tolerations }}
tolerations:
{{- toYaml . | nindent 0 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "weir.volume" -}}
{{- if .claim -}}
{name: data, persistentVolumeClaim: {claimName: {{ .claim }}}}
{{- else if .sizeLimit -}}
{name: data, emptyDir: {sizeLimit: {{ .sizeLimit }}}}
{{- else -}}
{name: data, emptyDir: {}}
{{- end }}
{{- end }}
