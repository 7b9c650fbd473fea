// Package outbox sends webhooks the way Plaid does: each is signed over the
// very bytes that are sent, tried again for a day when nobody takes it, and
// may arrive twice, late, in another order, or not be Plaid's at all when a
// Misdelivery asks for that. It is apart from the simulator because it is the
// only part of it that calls somebody else.
//
//	box := outbox.New(outbox.Config{Seed: seed, Now: clock, Report: journal})
//	box.Send(clock(), outbox.Webhook{Lane: session, Target: url, Body: body})
//	box.Wake()  // the clock was moved: what has become due goes out at once
//	box.Close() // nothing is sent any more, nothing is left running
//
// Keys, signatures and ids follow from the seed. Nothing runs while nothing is
// due: there is one timer, and a goroutine for each attempt under way.
package outbox
