// A real OpenID Connect provider on loopback, for the tests and the load comparison.
// Usage: node provider.js '{"port":0,"redirectUris":["https://…/oauth2/callback"], …}'
// Prints one line `ready <issuer>` when it listens. Options:
//   clientId, clientSecret, redirectUris, postLogoutRedirectUris
//   users     {id: {email, name, groups, …}}; the one named by ?login_hint or the first signs in
//   pkce      true: PKCE is required
//   claimsIn  "id_token" (also in userinfo) or "userinfo"
//   alg       RS256 or ES256
//   ttl       seconds of access and ID tokens
import http from "node:http";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import Provider from "oidc-provider";

const options = {
  port: 0,
  clientId: "pomerium",
  clientSecret: "a-client-secret-of-at-least-32-characters",
  redirectUris: [],
  postLogoutRedirectUris: [],
  users: { alice: { email: "alice@example.com", name: "Alice", groups: ["admins", "eng"] } },
  pkce: true,
  claimsIn: "id_token",
  alg: "RS256",
  ttl: 300,
  ...JSON.parse(process.argv[2] ?? "{}"),
};

const server = http.createServer();
await new Promise((resolve) => server.listen(options.port, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const { privateKey } =
  options.alg === "ES256"
    ? generateKeyPairSync("ec", { namedCurve: "P-256" })
    : generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = { ...privateKey.export({ format: "jwk" }), use: "sig", alg: options.alg, kid: randomUUID() };

// The next answer of a path can be replaced: POST /test/fault {"path":"/token","status":503,"body":"…","delay":0,"times":1}
let fault = null;
const calls = {};

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: options.clientId,
      client_secret: options.clientSecret,
      redirect_uris: options.redirectUris,
      post_logout_redirect_uris: options.postLogoutRedirectUris,
      grant_types: ["authorization_code", "refresh_token"],
      id_token_signed_response_alg: options.alg,
    },
  ],
  jwks: { keys: [jwk] },
  scopes: ["openid", "profile", "email", "groups", "offline_access"],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
  conformIdTokenClaims: options.claimsIn !== "id_token",
  pkce: { required: () => options.pkce },
  features: {
    devInteractions: { enabled: false },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    introspection: { enabled: true },
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  issueRefreshToken: async () => true,
  ttl: { AccessToken: options.ttl, IdToken: options.ttl, AuthorizationCode: 60, Session: 3600, Grant: 3600, Interaction: 600, RefreshToken: 3600 },
  cookies: { keys: [randomUUID()] },
  findAccount: async (_, id) =>
    options.users[id] && {
      accountId: id,
      claims: async () => ({ sub: id, email_verified: true, ...options.users[id] }),
    },
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid profile email groups offline_access");
    await grant.save();
    return grant;
  },
});

async function interaction(request, response) {
  const details = await provider.interactionDetails(request, response);
  const hint = details.params.login_hint ?? chosen;
  if (hint === "deny") {
    await provider.interactionFinished(request, response, { error: "access_denied", error_description: "the user said no" });
    return;
  }
  const accountId = options.users[hint] ? hint : Object.keys(options.users)[0];
  await provider.interactionFinished(request, response, { login: { accountId } }, { mergeWithLastSubmission: false });
}

// Who signs in next, without touching the authorization URL: POST /test/user {"id":"bob"}
let chosen = null;

async function control(request, response, path) {
  let body = "";
  for await (const chunk of request) body += chunk;
  if (path === "/test/fault") fault = JSON.parse(body);
  else if (path === "/test/user") chosen = JSON.parse(body).id;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(path === "/test/calls" ? calls : {}));
}

const handle = provider.callback();
server.on("request", async (request, response) => {
  const path = request.url.split("?")[0];
  calls[path] = (calls[path] ?? 0) + 1;
  try {
    if (path.startsWith("/test/")) return await control(request, response, path);
    if (fault && fault.path === path && (fault.times ?? 1) > 0) {
      fault.times = (fault.times ?? 1) - 1;
      if (fault.delay) await new Promise((resolve) => setTimeout(resolve, fault.delay));
      if (fault.status) {
        response.writeHead(fault.status, { "content-type": "application/json" });
        return response.end(fault.body ?? "{}");
      }
    }
    if (path.startsWith("/interaction/")) return await interaction(request, response);
    handle(request, response);
  } catch (error) {
    response.writeHead(500, { "content-type": "text/plain" });
    response.end(String(error));
  }
});
// oidc-provider builds absolute URLs from the request; without this it would believe forwarding headers.
provider.proxy = false;
process.on("SIGTERM", () => process.exit(0));
process.stdin.on("end", () => process.exit(0)).resume();
console.log(`ready ${issuer}`);
