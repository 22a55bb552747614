"use strict";

// A credential and its secret, as they are put into the field of the signature, with a colon between them.
const KEY = /^([^\s:=&]+):(\S+)$/;

async function signature(credential, secret) {
  if (!crypto.subtle) {
    throw new Error("A browser signs only on https or localhost: use a token here.");
  }
  const text = new TextEncoder();
  const timestamp = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  const key = await crypto.subtle.importKey(
    "raw", text.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"],
  );
  const signed = await crypto.subtle.sign("HMAC", key, text.encode(credential + timestamp));
  const hex = Array.from(new Uint8Array(signed), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `S1-HMAC-SHA256 Credential=${credential}&Timestamp=${timestamp}&Signature=${hex}`;
}

// The secret itself never leaves the page: each request is signed anew.
async function prepared(request) {
  const key = KEY.exec(request.headers.Authorization ?? "");
  if (key) {
    request.headers.Authorization = await signature(key[1], key[2]);
  }
  return request;
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
