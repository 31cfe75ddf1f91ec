{{ define "name" }}{{ .Values.a.b.c }}{{ end }}
