// The story, told by the client in JavaScript that swagger-codegen 2 writes.
const hydra = require(process.env.HYDRA_PACKAGE);

/** The API for one way to authenticate: the generated client sends all that it knows. */
function api(authentication, credentials) {
  const client = new hydra.ApiClient();
  client.basePath = process.env.HYDRA_URL;
  Object.assign(client.authentications[authentication], credentials);
  return new hydra.OAuth2Api(client);
}

/** The generated functions take a callback. */
function call(api, name, ...given) {
  return new Promise((resolve, reject) => {
    api[name](...given, (error, data) => (error ? reject(error) : resolve(data)));
  });
}

async function tell() {
  const { HYDRA_CLIENT_ID: username, HYDRA_CLIENT_SECRET: password } = process.env;
  const byPassword = api("basic", { username, password });
  const answer = await call(byPassword, "oauthToken", { grantType: "client_credentials", scope: "hydra.clients" });
  const token = answer.access_token;
  const byToken = api("oauth2", { accessToken: token });

  const created = await call(byToken, "createOAuth2Client", { client_name: "Story", scope: "photos" });
  const introspection = await call(byPassword, "introspectOAuth2Token", token, {});
  await call(byToken, "deleteOAuth2Client", created.id);
  const after = await call(byToken, "getOAuth2Client", created.id).then(
    () => 200,
    (refusal) => refusal.status,
  );
  const { active, client_id: client } = introspection;
  console.log(JSON.stringify({ name: created.client_name, active, client, after }));
}

tell().catch((error) => {
  console.error(error);
  process.exit(1);
});
