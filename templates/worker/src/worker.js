// A Cloudflare Worker. GET says what the model takes and gives; POST takes an input as JSON and answers what the model says of it.
import * as model from "./model.js";

export default {
  async fetch(request) {
    // A model that computes in JavaScript alone does not say so.
    const { inputs, outputs, backend = "js" } = { ...model };
    if (request.method !== "POST") return Response.json({ inputs, outputs, backend });
    try {
      const y = model.predict(await request.json());
      const text = JSON.stringify(y, (_, value) => (ArrayBuffer.isView(value) ? [...value] : value));
      return new Response(text, { headers: { "content-type": "application/json" } });
    } catch (error) {
      // What is no row of this model, or no JSON, is the caller's mistake.
      return Response.json({ error: error.message }, { status: 400 });
    }
  },
};
