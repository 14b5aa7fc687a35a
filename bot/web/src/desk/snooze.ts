// Until when a conversation may sleep.

import { button, day, h } from "./dom";
import { field, open } from "./dialog";
import { type Key, t } from "./texts";

const HOUR = 3_600;

/** The ready choices at a moment, in Unix seconds. */
export function choices(now: Date): [Key, number][] {
  const at = (days: number, hour: number) => {
    const then = new Date(now);
    then.setDate(then.getDate() + days);
    then.setHours(hour, 0, 0, 0);
    return then.getTime() / 1000;
  };
  const monday = ((8 - now.getDay()) % 7) || 7;
  const seconds = Math.floor(now.getTime() / 1000);
  return [
    ["in_an_hour", seconds + HOUR],
    ["in_three_hours", seconds + 3 * HOUR],
    ["tomorrow", at(1, 9)],
    ["next_week", at(monday, 9)],
  ];
}

export function snooze(until: (seconds: number) => void): void {
  open(t("snooze"), (done) => {
    const own = h("input", { type: "datetime-local", required: true });
    const form = h("form", {}, field(t("until"), own), h("div", { class: "row" }, h("button", {}, t("snooze"))));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      done();
      until(new Date(own.value).getTime() / 1000);
    });
    const ready = choices(new Date()).map(([label, seconds]) =>
      button(`${t(label)} · ${day(seconds)}`, () => {
        done();
        until(seconds);
      }),
    );
    return [h("div", { class: "column" }, ...ready), form];
  });
}
