//go:build tools

// Package helm pins the program that renderings are compared with.
package helm

import _ "helm.sh/helm/v4/cmd/helm"
