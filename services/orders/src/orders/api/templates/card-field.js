"use strict";
// Puts Stripe's own field for a card into the page, and its token into the form: the number of a
// card never comes to us. Without this script the page says what to do instead.
(() => {
  const place = document.getElementById("card-field");
  if (place === null || typeof Stripe !== "function") {
    return;
  }
  const form = place.closest("form");
  const fault = document.getElementById("card-fault");
  const stripe = Stripe(place.dataset.key);
  const card = stripe.elements().create("card");
  place.textContent = "";
  card.mount(place);

  const tokenOf = async () => {
    try {
      return await stripe.createPaymentMethod({ type: "card", card });
    } catch {
      return { error: { message: "Your card could not be read. Please try again in a moment." } };
    }
  };

  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    const chosen = form.querySelector("input[name=method]:checked");
    if (button === null || button.value !== "pay" || chosen === null || chosen.value !== "card") {
      return;
    }
    event.preventDefault();
    button.disabled = true; // until there is an answer: nobody pays twice
    fault.textContent = "";
    const made = await tokenOf();
    if (made.error) {
      fault.textContent = made.error.message;
      button.disabled = false;
      return;
    }
    form.querySelector("input[name=token]").value = made.paymentMethod.id;
    const pays = document.createElement("input");
    pays.type = "hidden";
    pays.name = "do";
    pays.value = "pay";
    form.append(pays);
    form.submit();
  });
})();
