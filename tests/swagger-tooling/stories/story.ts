// The story, told by the client in TypeScript that openapi-generator writes.
import { Configuration, OAuth2Api, ResponseError } from "./index";

declare const process: { env: Record<string, string> };

const { HYDRA_URL, HYDRA_CLIENT_ID, HYDRA_CLIENT_SECRET } = process.env;

/** Who the client is goes in the body: where a token would do as well, the client sends an empty password too. */
async function fetchToken(): Promise<string> {
  const answer = await new OAuth2Api(new Configuration({ basePath: HYDRA_URL })).oauthToken({
    grantType: "client_credentials",
    scope: "hydra.clients hydra.introspect",
    clientId: HYDRA_CLIENT_ID,
    clientSecret: HYDRA_CLIENT_SECRET,
  });
  return answer.accessToken ?? "";
}

async function tell(): Promise<void> {
  const api = new OAuth2Api(new Configuration({ basePath: HYDRA_URL, accessToken: `Bearer ${await fetchToken()}` }));
  const created = await api.createOAuth2Client({ body: { clientName: "Story", scope: "photos" } });
  const introspection = await api.introspectOAuth2Token({ token: await fetchToken() });
  const id = created.id ?? "";
  await api.deleteOAuth2Client({ id });
  let after = 200;
  try {
    await api.getOAuth2Client({ id });
  } catch (refusal) {
    if (!(refusal instanceof ResponseError)) throw refusal;
    after = refusal.response.status;
  }
  console.log(
    JSON.stringify({ name: created.clientName, active: introspection.active, client: introspection.clientId, after }),
  );
}

void tell();
