//go:build tools

// Package kustomize pins the program that the differential test compares with.
package kustomize

import _ "sigs.k8s.io/kustomize/kustomize/v5"
