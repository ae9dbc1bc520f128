// SPDX-License-Identifier: Apache-2.0 OR MIT
// js-waku's queues use Promise.withResolvers, which Node has since 22. Loaded before anything else.
Promise.withResolvers ??= function () {
  const made = {};
  made.promise = new this((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
};
