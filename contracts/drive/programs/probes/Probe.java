import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Asks the API for the credits, and prints as JSON what came of it. */
public class Probe {
    public static void main(String[] arguments) {
        String came;
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://api.evolink.ai/v1/credits"))
                .header("Authorization", "Bearer " + System.getenv("EVOLINK_API_KEY")).build();
            int status = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            came = "\"status\": " + status;
        } catch (Exception error) {
            came = "\"error\": \"" + error.toString().replaceAll("[^ -~]|[\"\\\\]", " ") + "\"";
        }
        System.out.println("{\"version\": \"" + System.getProperty("java.version") + "\", \"library\": \"\", " + came + "}");
    }
}
