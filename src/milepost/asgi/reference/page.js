"use strict";

// A credential and its secret, as they are put into the field of the signature, with a colon between them.
const KEY = /^([^\s:&]+)\s*:\s*(\S+)$/;
const READY = /^(Bearer|S1-HMAC-SHA256) /;

async function signature(credential, secret) {
  const text = new TextEncoder();
  const timestamp = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  const key = await crypto.subtle.importKey(
    "raw", text.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"],
  );
  const signed = await crypto.subtle.sign("HMAC", key, text.encode(credential + timestamp));
  const hex = Array.from(new Uint8Array(signed), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `S1-HMAC-SHA256 Credential=${credential}&Timestamp=${timestamp}&Signature=${hex}`;
}

// The secret itself never leaves the page: each request is signed anew, and what cannot be signed is sent without.
async function prepared(request) {
  const given = (request.headers.Authorization ?? "").trim();
  if (given === "" || READY.test(given)) {
    return request;
  }
  delete request.headers.Authorization;
  const key = KEY.exec(given);
  if (key && window.isSecureContext) {
    request.headers.Authorization = await signature(key[1], key[2]);
  }
  return request;
}

if (!window.isSecureContext) {
  document.getElementById("insecure").hidden = false;
}

const place = document.getElementById("reference");

SwaggerUIBundle({
  domNode: place,
  urls: JSON.parse(place.dataset.descriptions),
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: "StandaloneLayout",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  requestInterceptor: prepared,
  validatorUrl: null,
});
