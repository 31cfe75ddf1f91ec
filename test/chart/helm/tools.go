//go:build tools

// Package helm pins the program that renders, checks and installs the chart in tests.
package helm

import _ "helm.sh/helm/v4/cmd/helm"
