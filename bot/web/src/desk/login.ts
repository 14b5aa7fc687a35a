// Uses a one-time link up: its secret stands behind the "#" (or in ?token=), and leaves the address at once.

import { call } from "./api";

const token = location.hash.slice(1) || new URLSearchParams(location.search).get("token") || "";
history.replaceState(null, "", "/desk/login");

const form = document.getElementById("login") as HTMLFormElement;
const reason = document.getElementById("reason")!;
form.hidden = !token;
document.getElementById("missing")!.hidden = Boolean(token);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  reason.textContent = "";
  try {
    await call("POST", "login", { token, name: (form.elements.namedItem("name") as HTMLInputElement).value });
    location.assign("/desk");
  } catch (error) {
    reason.textContent = (error as Error).message;
  }
});
