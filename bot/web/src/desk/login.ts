// Logs in by a one-time link or a password. A link's secret stands behind the "#" (or in ?token=), and leaves the
// address at once.

import { Refused, call } from "./api";
import { locale, translate, t } from "./texts";

const token = location.hash.slice(1) || new URLSearchParams(location.search).get("token") || "";
history.replaceState(null, "", "/desk/login");
translate(document);
document.documentElement.lang = locale;

const at = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const [name, password, code] = ["name", "password", "code"].map((id) => at<HTMLInputElement>(id)) as [
  HTMLInputElement,
  HTMLInputElement,
  HTMLInputElement,
];
at("missing").hidden = Boolean(token);
at("optional").hidden = !token;
password.required = !token;
password.autocomplete = token ? "new-password" : "current-password";

async function logIn(): Promise<void> {
  const who = { name: name.value, password: password.value };
  if (token) await call("POST", "login", { token, ...who });
  else await call("POST", "session", { ...who, code: code.value.replaceAll(" ", "") });
}

at<HTMLFormElement>("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const reason = at("reason");
  reason.textContent = "";
  try {
    await logIn();
    location.assign("/desk");
  } catch (error) {
    const asked = error instanceof Refused && error.needs === "code" && at("second").hidden;
    if (asked) {
      at("second").hidden = false;
      code.required = true;
      code.focus();
    }
    reason.textContent = asked ? t("code_wanted") : (error as Error).message;
  }
});
