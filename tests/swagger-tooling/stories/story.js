// The story, told by the client in JavaScript that swagger-codegen 2 writes.
const hydra = require(process.env.HYDRA_PACKAGE);

/** The API, with a token or without. */
function api(accessToken) {
  const client = new hydra.ApiClient();
  client.basePath = process.env.HYDRA_URL;
  client.authentications.oauth2.accessToken = accessToken;
  return new hydra.OAuth2Api(client);
}

/** The generated functions take a callback. */
function call(api, name, ...given) {
  return new Promise((resolve, reject) => {
    api[name](...given, (error, data) => (error ? reject(error) : resolve(data)));
  });
}

/** Who the client is goes in the body: where a token would do as well, the client sends an empty password too. */
async function fetchToken() {
  const answer = await call(api(), "oauthToken", {
    grantType: "client_credentials",
    scope: "hydra.clients hydra.introspect",
    clientId: process.env.HYDRA_CLIENT_ID,
    clientSecret: process.env.HYDRA_CLIENT_SECRET,
  });
  return answer.accessToken;
}

async function tell() {
  const byToken = api(await fetchToken());
  const created = await call(byToken, "createOAuth2Client", { client_name: "Story", scope: "photos" });
  const introspection = await call(byToken, "introspectOAuth2Token", await fetchToken(), {});
  await call(byToken, "deleteOAuth2Client", created.id);
  const after = await call(byToken, "getOAuth2Client", created.id).then(
    () => 200,
    (refusal) => refusal.status,
  );
  const { active, clientId: client } = introspection;
  console.log(JSON.stringify({ name: created.clientName, active, client, after }));
}

tell().catch((error) => {
  console.error(error);
  process.exit(1);
});
