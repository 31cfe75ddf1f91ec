{{ define "own" }}outer{{ end }}
