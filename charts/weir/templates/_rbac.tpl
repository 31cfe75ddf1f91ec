{{/* A ClusterRole for one controller and its binding: dict root, name, controller, rules (text). */}}
{{- define "weir.clusterRole" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ .name }}-{{ .root.Release.Namespace }}
  labels:
    {{- include "weir.labels" (dict "root" .root) | nindent 4 }}
rules:
{{ .rules }}
---
{{ include "weir.clusterRoleBinding" (merge (dict "role" (printf "%s-%s" .name .root.Release.Namespace)) .) }}
{{- end }}

{{/* dict root, name, controller, role */}}
{{- define "weir.clusterRoleBinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ .name }}-{{ .root.Release.Namespace }}
  labels:
    {{- include "weir.labels" (dict "root" .root) | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ .role }}
subjects:
- kind: ServiceAccount
  name: {{ include "weir.account" . }}
  namespace: {{ .root.Release.Namespace }}
{{- end }}
