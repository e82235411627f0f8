// openid-client, the certified relying party for Node, with every check that it offers. Prints the authorization URL,
// reads the URL that the browser came back with, and prints what it learned.
//
//   node openid_client.mjs ISSUER CLIENT_ID CLIENT_SECRET REDIRECT_URI SCOPE
import { createInterface } from "node:readline/promises";
import * as client from "openid-client";

const [issuer, id, secret, redirectUri, scope] = process.argv.slice(2);

const config = await client.discovery(new URL(issuer), id, secret, client.ClientSecretBasic(secret));
// Signatures count even where TLS vouches for the sender.
client.enableNonRepudiationChecks(config);

const verifier = client.randomPKCECodeVerifier();
const checks = {
  pkceCodeVerifier: verifier,
  expectedState: client.randomState(),
  expectedNonce: client.randomNonce(),
  idTokenExpected: true,
  maxAge: 3600,
};
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: redirectUri,
  scope,
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  state: checks.expectedState,
  nonce: checks.expectedNonce,
  max_age: String(checks.maxAge),
});
console.log(url.href);

const lines = createInterface({ input: process.stdin });
const { value: callback } = await lines[Symbol.asyncIterator]().next();
lines.close();

const tokens = await client.authorizationCodeGrant(config, new URL(callback), checks);
const { sub } = tokens.claims();
const userinfo = await client.fetchUserInfo(config, tokens.access_token, sub);
const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
const introspected = await client.tokenIntrospection(config, renewed.access_token).catch((refused) => refused);
await client.tokenRevocation(config, renewed.access_token);
const afterwards = await client.fetchUserInfo(config, renewed.access_token, sub).catch((refused) => refused);

console.log(
  JSON.stringify({
    sub,
    email: userinfo.email,
    sub_of_the_renewed: renewed.claims()?.sub,
    introspection: introspected.active ?? introspected.status,
    after_revocation: afterwards.status ?? afterwards.cause?.status ?? String(afterwards),
  }),
);
