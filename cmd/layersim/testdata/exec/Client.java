import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

// Java's own clients, both.
public class Client {
  public static void main(String[] args) throws Exception {
    URI uri = URI.create("https://sandbox.plaid.com/session/token/create");
    String body =
        String.format(
            "{\"client_id\":\"%s\",\"secret\":\"%s\",\"template_id\":\"%s\",\"user\":{\"client_user_id\":\"user-1\"}}",
            System.getenv("PLAID_CLIENT_ID"), System.getenv("PLAID_SECRET"), System.getenv("LAYER_TEMPLATE_ID"));
    HttpRequest request =
        HttpRequest.newBuilder(uri).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)).build();
    System.out.println("HttpClient " + HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());

    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setRequestMethod("POST");
    connection.setRequestProperty("Content-Type", "application/json");
    connection.setDoOutput(true);
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body.getBytes(StandardCharsets.UTF_8));
    }
    System.out.println("HttpURLConnection " + new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
  }
}
