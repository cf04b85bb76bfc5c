import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes a video with nothing but Java, and writes it into a file. */
public class Client {
    private static final String API = "https://api.evolink.ai";
    private static final String WANTED = "{\"model\": \"wan2.6-reference-video-flash\", \"prompt\": \"character1 dances on"
        + " a roof\", \"video_urls\": [\"https://example.com/dancer.mp4\"]}";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    public static void main(String[] arguments) throws Exception {
        String task = ask("POST", "/v1/videos/generations", BodyPublishers.ofString(WANTED));
        String id = field(task, "id");
        while (!field(task, "status").matches("completed|failed|cancelled")) {
            Thread.sleep(50);
            task = ask("GET", "/v1/tasks/" + id, BodyPublishers.noBody());
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create(field(task, "results"))).build();
        CLIENT.send(request, BodyHandlers.ofFile(Path.of("video.mp4")));
        System.out.println(id + " " + field(task, "status"));
    }

    private static String ask(String method, String path, BodyPublisher body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(API + path)).method(method, body)
            .header("Authorization", "Bearer " + System.getenv("EVOLINK_API_KEY"))
            .header("Content-Type", "application/json").build();
        return CLIENT.send(request, BodyHandlers.ofString()).body();
    }

    private static String field(String task, String name) {
        Matcher found = Pattern.compile("\"" + name + "\": *\\[?\"([^\"]*)\"").matcher(task);
        return found.find() ? found.group(1) : "";
    }
}
