// Pages work without script. With it, a click on the request id selects the whole id, ready to be copied.
"use strict";
const id = document.getElementById("request-id");
if (id) {
  id.addEventListener("click", () => getSelection().selectAllChildren(id));
}
