// What pages do better where scripts run: dates in the reader's own time zone, and check-ins that answer in place.
"use strict";

function localise(within) {
  for (const time of within.querySelectorAll("time[datetime]")) {
    time.title = time.dateTime;
    const form = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
    time.textContent = form.format(new Date(time.dateTime));
  }
}

async function send(event) {
  const form = event.target.closest("form[data-in-place]");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  const body = new URLSearchParams(new FormData(form));
  body.set("form", "in-place");
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    if (answer.ok && !answer.redirected) {
      const place = document.getElementById(form.dataset.inPlace);
      const made = document.createElement("template");
      made.innerHTML = await answer.text();
      const row = made.content.firstElementChild;
      localise(row);
      place.replaceWith(row);
      row.querySelector("summary")?.focus();
      return;
    }
  } catch {
    // Without a connection the browser says so itself, below.
  }
  form.removeAttribute("data-in-place");
  button.disabled = false;
  form.submit();
}

// Who opens a check-in wants to write the value.
function opened(event) {
  const input = event.target.matches("details.say[open]") && event.target.querySelector("input[name=value]");
  if (input) {
    input.focus();
    input.select();
  }
}

localise(document);
document.addEventListener("submit", send);
document.addEventListener("toggle", opened, true);
