// Makes a video with nothing but Go, and writes it into a file.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
)

const api = "https://api.evolink.ai"
const wanted = `{"model": "wan2.6-reference-video-flash", "prompt": "character1 dances on a roof", "video_urls": ["https://example.com/dancer.mp4"]}`

type task struct {
	ID      string   `json:"id"`
	Status  string   `json:"status"`
	Results []string `json:"results"`
}

func ask(method, path, body string) (made task) {
	request, _ := http.NewRequest(method, api+path, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer "+os.Getenv("EVOLINK_API_KEY"))
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&made); err != nil {
		log.Fatal(err)
	}
	return made
}

func main() {
	made := ask("POST", "/v1/videos/generations", wanted)
	for made.Status != "completed" && made.Status != "failed" && made.Status != "cancelled" {
		time.Sleep(50 * time.Millisecond)
		made = ask("GET", "/v1/tasks/"+made.ID, "")
	}
	answer, err := http.Get(made.Results[0])
	if err != nil {
		log.Fatal(err)
	}
	video, _ := io.ReadAll(answer.Body)
	os.WriteFile("video.mp4", video, 0o600)
	fmt.Println(made.ID, made.Status)
}
