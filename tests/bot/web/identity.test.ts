import assert from "node:assert/strict";
import { test } from "node:test";
import { saidIn, saysAnew, subjectOf } from "../../../bot/web/src/widget/identity.js";

const jwt = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
const ADA = { sub: "ada", name: "Ada ♥", plan: "free", iat: 100, exp: 400 };

test("a token says anew what differs, and not its times", () => {
  const said = saidIn(jwt(ADA));
  assert.equal(saysAnew(jwt(ADA), said), false);
  assert.equal(saysAnew(jwt({ ...ADA, iat: 200, exp: 500, nbf: 200, jti: "2" }), said), false);
  assert.equal(saysAnew(jwt({ ...ADA, iat: 200, plan: "gold" }), said), true);
  assert.equal(saysAnew(jwt({ ...ADA, plan: undefined }), said), true);
});

test("an older token says nothing anew", () => {
  assert.equal(saysAnew(jwt({ ...ADA, iat: 99, plan: "gold" }), saidIn(jwt(ADA))), false);
});

test("where it is not known what was said, anything is new", () => {
  for (const said of [undefined, ""]) assert.equal(saysAnew(jwt(ADA), said), true);
});

test("what is no token is nobody's", () => {
  for (const none of ["", "x", "e30.e30.x", "e30.bnVsbA.x", "e30.%.x", jwt({ sub: 7 })]) assert.equal(subjectOf(none), "");
  assert.equal(subjectOf(jwt(ADA)), "ada");
});
