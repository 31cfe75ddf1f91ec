// Prints what Go's text/template with the Sprig functions gives for every template of cases.txt: expected.txt.
// Run in a module that requires github.com/Masterminds/sprig/v3: go run generate.go cases.txt > expected.txt
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"

	sprig "github.com/Masterminds/sprig/v3"
)

func render(text string, data any, missingKey string) (string, error) {
	t, err := template.New("t").Funcs(sprig.HermeticTxtFuncMap()).Option("missingkey=" + missingKey).Parse(text)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = t.Execute(&out, data)
	return out.String(), err
}

func quoted(text string) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	var data any
	missingKey := "default"
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		line := scanner.Text()
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		if rest, ok := strings.CutPrefix(line, "data "); ok {
			data = nil
			if err := json.Unmarshal([]byte(rest), &data); err != nil {
				panic(err)
			}
			continue
		}
		if rest, ok := strings.CutPrefix(line, "missingkey "); ok {
			missingKey = rest
			continue
		}
		// Every case gets data of its own: functions such as set change it.
		copied, _ := json.Marshal(data)
		var own any
		json.Unmarshal(copied, &own)
		out, err := render(strings.ReplaceAll(line, "⏎", "\n"), own, missingKey)
		if err != nil {
			fmt.Println("error", quoted(err.Error()))
		} else {
			fmt.Println("text", quoted(out))
		}
	}
}
