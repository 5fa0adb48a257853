// An OpenID Connect provider that is not ours: node oidc_provider.mjs '{"port":4001,"redirect":"http://...","roles":{}}'
// Whoever signs in at it is whom the form names; "roles" are by subject. It ends when its standard input does.
import process from "node:process";

import Provider from "oidc-provider";

const settings = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${settings.port}`;
const audience = "urn:welltegra:api";

const client = {
  client_id: "welltegra",
  client_secret: "a-secret-of-the-tests",
  redirect_uris: settings.redirects,
  post_logout_redirect_uris: settings.redirects.map((one) => new URL("/sign-in", one).href),
  grant_types: ["authorization_code", "client_credentials"],
  response_types: ["code"],
};

const provider = new Provider(issuer, {
  clients: [client],
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: `Name of ${id}`, roles: settings.roles[id] ?? [] }),
  }),
  claims: { openid: ["sub"], profile: ["name", "roles"] },
  // Claims in the ID token, as most providers of companies have them.
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_context, _client, oneOf) => oneOf,
      useGrantedResource: () => false,
      getResourceServerInfo: () => ({
        scope: "worklist",
        audience,
        accessTokenTTL: 300,
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: settings.alg ?? "RS256" } },
      }),
    },
  },
  extraTokenClaims: (_context, token) => ({ sub: token.clientId, roles: settings.roles[token.clientId] ?? [] }),
  ttl: { AccessToken: 300, IdToken: 300, Session: 600, Grant: 600, Interaction: 600, ClientCredentials: 300 },
});

provider.on("server_error", (_context, error) => console.error(error));
const server = provider.listen(settings.port, "127.0.0.1", () => console.log(`listens on ${issuer}`));
process.stdin.resume();
process.stdin.on("end", () => {
  server.close();
  process.exit(0);
});
