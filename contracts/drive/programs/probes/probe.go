// Asks the API for the credits, and prints as JSON what came of it.
package main

import (
	"encoding/json"
	"net/http"
	"os"
	"runtime"
	"strings"
)

func main() {
	told := map[string]any{"version": strings.TrimPrefix(runtime.Version(), "go"), "library": ""}
	request, _ := http.NewRequest("GET", "https://api.evolink.ai/v1/credits", nil)
	request.Header.Set("Authorization", "Bearer "+os.Getenv("EVOLINK_API_KEY"))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		told["error"] = err.Error()
	} else {
		told["status"] = answer.StatusCode
	}
	json.NewEncoder(os.Stdout).Encode(told)
}
