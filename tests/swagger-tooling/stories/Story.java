import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.OAuth2Api;
import org.openapitools.client.model.OAuth2Client;

/** The story, told by the client in Java that openapi-generator writes. */
public class Story {
  public static void main(String[] arguments) throws Exception {
    String pair = System.getenv("HYDRA_CLIENT_ID") + ":" + System.getenv("HYDRA_CLIENT_SECRET");
    String basic = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    OAuth2Api byPassword = api("Basic " + basic);
    String token =
        byPassword
            .oauthToken("client_credentials", "hydra.clients", null, null, null, null, null, null)
            .getAccessToken();

    OAuth2Api byToken = api("Bearer " + token);
    OAuth2Client created =
        byToken.createOAuth2Client(new OAuth2Client().clientName("Story").scope("photos"));
    var introspection = byPassword.introspectOAuth2Token(token, null, null);
    byToken.deleteOAuth2Client(created.getId());
    int after = 200;
    try {
      byToken.getOAuth2Client(created.getId());
    } catch (ApiException refusal) {
      after = refusal.getCode();
    }

    Map<String, Object> told = new LinkedHashMap<>();
    told.put("name", created.getClientName());
    told.put("active", introspection.getActive());
    told.put("client", introspection.getClientId());
    told.put("after", after);
    System.out.println(new ObjectMapper().writeValueAsString(told));
  }

  /** The library `native` leaves credentials to who makes the requests. */
  private static OAuth2Api api(String authorization) {
    ApiClient client = new ApiClient();
    client.updateBaseUri(System.getenv("HYDRA_URL"));
    client.setRequestInterceptor(request -> request.header("Authorization", authorization));
    return new OAuth2Api(client);
  }
}
