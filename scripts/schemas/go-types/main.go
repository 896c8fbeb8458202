// Prints the JSON fields of the Go types of every kind of Kubernetes: first the
// kinds (`= group/version Kind type`), then the types (`type field:kind …`).
// A kind is what Go reads into: string, bool, int32, bytes, a type by its name,
// or `own` for a type that reads its own JSON; `[]` is a list, `{}` a map.
package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset/scheme"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	aggregator "k8s.io/kube-aggregator/pkg/client/clientset_generated/clientset/scheme"
)

var types = map[string]map[string]string{}
var unmarshaler = reflect.TypeOf((*json.Unmarshaler)(nil)).Elem()

// Only JSONSchemaProps reads its own JSON and yet has the fields of its struct.
func readsItself(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(unmarshaler) && t.Name() != "JSONSchemaProps"
}

func name(t reflect.Type) string {
	parts := strings.Split(t.PkgPath(), "/")
	return strings.Join(parts[len(parts)-2:], ".") + "." + t.Name()
}

func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return kindOf(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return "[]" + kindOf(t.Elem())
	case reflect.Map:
		return "{}" + kindOf(t.Elem())
	case reflect.Struct:
		if readsItself(t) {
			return "own"
		}
		return walk(t)
	}
	return t.Kind().String()
}

func walk(t reflect.Type) string {
	n := name(t)
	if _, seen := types[n]; seen {
		return n
	}
	fields := map[string]string{}
	types[n] = fields
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		field := strings.Split(tag, ",")[0]
		if field == "" && (f.Anonymous || strings.Contains(tag, "inline")) && f.Type.Kind() == reflect.Struct {
			for k, v := range types[walk(f.Type)] {
				fields[k] = v
			}
		} else if field != "" && field != "-" {
			fields[field] = kindOf(f.Type)
		}
	}
	return n
}

func main() {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{scheme.AddToScheme, apiextensions.AddToScheme, aggregator.AddToScheme} {
		if err := add(s); err != nil {
			panic(err)
		}
	}
	lines := []string{}
	for gvk, t := range s.AllKnownTypes() {
		if gvk.Version != "__internal" && !strings.HasSuffix(gvk.Kind, "Options") && !strings.HasSuffix(gvk.Kind, "List") {
			lines = append(lines, fmt.Sprintf("= %s %s %s", gvk.GroupVersion(), gvk.Kind, walk(t)))
		}
	}
	for n, fields := range types {
		parts := []string{}
		for field, kind := range fields {
			parts = append(parts, field+":"+kind)
		}
		sort.Strings(parts)
		lines = append(lines, strings.Join(append([]string{n}, parts...), " "))
	}
	sort.Strings(lines)
	fmt.Println("# Made by scripts/compile-schemas.ts from the modules in scripts/schemas/go-types/go.mod; do not edit.")
	fmt.Println(strings.Join(lines, "\n"))
}
