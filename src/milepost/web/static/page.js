// What pages do better where scripts run: dates in the reader's own time zone, and check-ins that answer in place.
"use strict";

function localise(within) {
  for (const time of within.querySelectorAll("time[datetime]")) {
    time.title = time.dateTime;
    const form = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
    time.textContent = form.format(new Date(time.dateTime));
  }
}

// The live region is there from the start: what is put into it is read aloud.
function say(words) {
  document.getElementById("said").textContent = words;
}

// Each part of an answer takes the place of the element that has its id.
function replace(text) {
  const made = document.createElement("template");
  made.innerHTML = text;
  for (const part of [...made.content.children]) {
    localise(part);
    document.getElementById(part.id)?.replaceWith(part);
  }
}

function lost(form, button) {
  const told = form.querySelector(".fault.lost") ?? document.createElement("p");
  told.className = "fault lost wide";
  told.textContent = "The server did not answer. What you wrote is still here: try again, or load the page to see whether it has arrived.";
  button.before(told);
  say(told.textContent);
  button.disabled = false;
}

async function send(event) {
  const form = event.target.closest("form[data-in-place]");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("button");
  if (button.disabled) return;
  button.disabled = true;
  const body = new URLSearchParams(new FormData(form));
  body.set("form", "in-place");
  let answer, text;
  try {
    answer = await fetch(form.action, { method: "POST", body });
    text = await answer.text();
  } catch {
    lost(form, button);
    return;
  }
  const id = form.dataset.inPlace;
  if (answer.redirected || !text.trimStart().startsWith("<li")) {
    // Signed out meanwhile, or refused as a whole: the page says so itself.
    form.removeAttribute("data-in-place");
    button.disabled = false;
    form.submit();
    return;
  }
  replace(text);
  const row = document.getElementById(id);
  const wrong = row.querySelector("[aria-invalid]");
  say((row.querySelector(".fault") ?? row.querySelector(".said")).textContent);
  (wrong ?? row.querySelector("summary"))?.focus();
}

// Who opens a check-in wants to write the value, unless he is in another field already: this is told of a moment later.
function opened(event) {
  const input = event.target.matches("details.say[open]") && event.target.querySelector("input[name=value]");
  if (input && !input.form.contains(document.activeElement)) {
    input.focus();
    input.select();
  }
}

localise(document);
document.addEventListener("submit", send);
document.addEventListener("toggle", opened, true);
