// The story, told by the client in TypeScript that openapi-generator writes.
import { Configuration, OAuth2Api, ResponseError } from "./index";

declare const process: { env: Record<string, string> };

const { HYDRA_URL, HYDRA_CLIENT_ID, HYDRA_CLIENT_SECRET } = process.env;
// An endpoint that takes either of two ways gets the one that is configured.
const byPassword = new OAuth2Api(
  new Configuration({ basePath: HYDRA_URL, username: HYDRA_CLIENT_ID, password: HYDRA_CLIENT_SECRET }),
);

async function tell(): Promise<void> {
  const answer = await byPassword.oauthToken({ grantType: "client_credentials", scope: "hydra.clients" });
  const token = answer.accessToken ?? "";
  const byToken = new OAuth2Api(new Configuration({ basePath: HYDRA_URL, accessToken: token }));

  const created = await byToken.createOAuth2Client({ body: { clientName: "Story", scope: "photos" } });
  const introspection = await byPassword.introspectOAuth2Token({ token });
  const id = created.id ?? "";
  await byToken.deleteOAuth2Client({ id });
  let after = 200;
  try {
    await byToken.getOAuth2Client({ id });
  } catch (refusal) {
    if (!(refusal instanceof ResponseError)) throw refusal;
    after = refusal.response.status;
  }
  console.log(
    JSON.stringify({ name: created.clientName, active: introspection.active, client: introspection.clientId, after }),
  );
}

void tell();
