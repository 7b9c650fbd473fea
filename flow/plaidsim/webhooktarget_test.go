package plaidsim

import (
	"net/http"
	"strings"
	"testing"

	"layersim/flow/plaidsim/outbox"
)

func TestWhereWebhooksGo(t *testing.T) {
	fromTemplate, fromConfig, fromRequest := listen(t), listen(t), listen(t)
	s := webhookSim(t, fromConfig.url, func(c *Config) {
		for i := range c.Catalog.Templates {
			if t := &c.Catalog.Templates[i]; t.Name == "ssn-masked" {
				t.Webhook = fromTemplate.url
			}
		}
	})
	for _, test := range []struct {
		template, webhook string
		to                *receiver
	}{
		{"ssn-masked", fromRequest.url, fromRequest}, {"ssn-masked", "", fromTemplate}, {"default", "", fromConfig},
	} {
		body := object{"template_id": test.template, "user": object{"client_user_id": "u"}}
		if test.webhook != "" {
			body["webhook"] = test.webhook
		}
		_, o := post(t, s, "/session/token/create", with(body))
		linkFor(t, s, text(o, "link", "link_token")).review(fullPhone)
		settle(t, s)
		same(t, test.to.codes(), []string{passed})
	}
}

func TestOnlyThisMachineGetsWebhooks(t *testing.T) {
	create := func(s *Sim, url string) (notice string, l *link) {
		t.Helper()
		_, raw, header := postRaw(t, s, "/session/token/create", with(object{
			"template_id": "default", "user": object{"client_user_id": "u"}, "webhook": url,
		}))
		var o object
		decodeInto(t, raw, &o)
		return header.Get(Notice), linkFor(t, s, text(o, "link", "link_token"))
	}
	for _, url := range []string{
		"http://example.com/hook", "https://192.0.2.1/hook", "http://[2001:db8::1]/hook", "http://0.0.0.0/hook", "http://2130706433/hook",
		"http://127.0.0.1.nip.example/hook", "http://localhost.example.com/hook", "http://169.254.169.254/latest", "http://[::ffff:192.0.2.1]/hook", "http://user@example.com@192.0.2.1/hook",
	} {
		called := &receiver{}
		s := webhookSim(t, "", func(c *Config) { c.WebhookTransport = carried{called} })
		notice, l := create(s, url)
		if !strings.Contains(notice, "this machine only") {
			t.Errorf("%s: notice %q", url, notice)
		}
		l.review(fullPhone)
		settle(t, s)
		records, _ := s.Records(0, 1000)
		last := records[len(records)-1].Webhook
		if last == nil || last.State != outbox.Refused || !strings.Contains(last.Error, "this machine only") || len(called.all()) != 0 {
			t.Errorf("%s: %+v", url, last)
		}
		if _, ok := s.ResendWebhook(1); ok {
			t.Errorf("%s: sent again", url)
		}
		remote := webhookSim(t, "", func(c *Config) { c.WebhookTransport, c.AllowRemoteWebhooks = carried{called}, true })
		if notice, l := create(remote, url); notice != "" {
			t.Errorf("%s: allowed, but %q", url, notice)
		} else {
			l.review(fullPhone)
			settle(t, remote)
			same(t, called.codes(), []string{passed})
		}
	}
	app := listen(t)
	port := app.url[strings.LastIndex(app.url, ":"):]
	for _, host := range []string{"http://localhost", "http://app.localhost", "http://LOCALHOST", "http://127.0.0.1", "http://127.9.9.9"} {
		app.forget()
		s := webhookSim(t, "")
		notice, l := create(s, host+port)
		l.review(fullPhone)
		settle(t, s)
		if host == "http://127.9.9.9" { // allowed; whether somebody listens there is another question
			if d := s.Webhooks()[0]; d.State == outbox.Refused {
				t.Errorf("%+v", d)
			}
			continue
		}
		same(t, app.codes(), []string{passed})
		if notice != "" {
			t.Errorf("%s: notice %q", host, notice)
		}
	}
}

func TestARedirectLeadsNowhere(t *testing.T) {
	app, elsewhere := listen(t), listen(t)
	for _, to := range []string{elsewhere.url, "http://192.0.2.1/"} {
		app.answer = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusPermanentRedirect) }
		s := webhookSim(t, app.url)
		newLink(t, s, "default").review(fullPhone)
		settle(t, s)
		if d := s.Webhooks()[0]; d.Status != 308 || d.State != outbox.Waiting || len(elsewhere.all()) != 0 {
			t.Errorf("%+v, %d", d, len(elsewhere.all()))
		}
	}
}
