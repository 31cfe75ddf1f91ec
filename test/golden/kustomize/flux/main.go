// Builds what Flux 2.9 would apply, with Flux's own libraries, so that tests can compare: one JSON request a line on
// standard input, one answer a line on standard output.
//
//	{"object": {...}, "substitute": {"name": "value"}, "strict": true}     the object after post-build substitution
//	{"root": "/folder", "kustomization": {"spec": {...}}, "strict": true}  the objects of a Kustomization; edits the folder
//
// The answer is {"objects": [...]} or {"error": "..."}.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/fluxcd/pkg/kustomize"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/yaml"
)

type request struct {
	Object        json.RawMessage   `json:"object"`
	Substitute    map[string]string `json:"substitute"`
	Root          string            `json:"root"`
	Kustomization map[string]any    `json:"kustomization"`
	Strict        bool              `json:"strict"`
}

func substituted(owner unstructured.Unstructured, res *resource.Resource, strict bool) (any, error) {
	if postBuild, found, _ := unstructured.NestedMap(owner.Object, "spec", "postBuild"); found && len(postBuild) > 0 {
		out, err := kustomize.SubstituteVariables(context.Background(), nil, owner, res,
			kustomize.SubstituteWithDryRun(true), kustomize.SubstituteWithStrict(strict))
		if err != nil {
			return nil, err
		}
		if out != nil {
			res = out
		}
	}
	text, err := res.AsYAML()
	if err != nil {
		return nil, err
	}
	var object any
	err = yaml.Unmarshal(text, &object)
	return object, err
}

func answer(in request) (objects []any, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("panic: %v", problem)
		}
	}()
	if in.Object != nil {
		variables := map[string]any{}
		for name, value := range in.Substitute {
			variables[name] = value
		}
		owner := unstructured.Unstructured{Object: map[string]any{
			"spec": map[string]any{"postBuild": map[string]any{"substitute": variables}}}}
		res, err := provider.NewDefaultDepProvider().GetResourceFactory().FromBytes(in.Object)
		if err != nil {
			return nil, err
		}
		object, err := substituted(owner, res, in.Strict)
		return []any{object}, err
	}
	owner := unstructured.Unstructured{Object: in.Kustomization}
	path, _, _ := unstructured.NestedString(owner.Object, "spec", "path")
	folder := filepath.Join(in.Root, filepath.Join("/", path))
	if _, err = kustomize.NewGenerator(in.Root, owner).WriteFile(folder); err != nil {
		return nil, err
	}
	built, err := kustomize.SecureBuild(in.Root, folder, false)
	if err != nil {
		return nil, err
	}
	objects = []any{}
	for _, res := range built.Resources() {
		object, err := substituted(owner, res, in.Strict)
		if err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
	return objects, nil
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var in request
		if err := json.Unmarshal(lines.Bytes(), &in); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		objects, err := answer(in)
		if err != nil {
			err = out.Encode(map[string]any{"error": err.Error()})
		} else {
			err = out.Encode(map[string]any{"objects": objects})
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
