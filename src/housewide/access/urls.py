from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from housewide.access.views import accounts, delegations, factors, glass, grants, oidc, places, security

urlpatterns: list[URLPattern | URLResolver] = [
    path("organization/", places.place_tree, name="places"),
    path("organization/places/<slug:code>/", places.place, name="place"),
    path("organization/people/<slug:code>/", places.person, name="person"),
    path("access/", grants.grants, name="grants"),
    path("access/grants/<slug:grant>/end/", grants.grant_end, name="grant-end"),
    path("sign-in/accounts/", accounts.accounts, name="accounts"),
    path("sign-in/accounts/<slug:account>/", accounts.account, name="account"),
    path("sign-in/accounts/<slug:account>/change/", accounts.account_change, name="account-change"),
    path("glass/", glass.glass_list, name="glass"),
    path("glass/<slug:glass>/", glass.one_glass, name="glass-one"),
    path("glass/<slug:glass>/end/", glass.glass_end, name="glass-end"),
    # Named as allauth calls them: its own steps lead here.
    path("accounts/code/", factors.type_code, name="mfa_authenticate"),
    path("accounts/confirm/", security.reauthenticate, name="account_reauthenticate"),
    path("accounts/confirm/code/", factors.confirm_by_code, name="mfa_reauthenticate"),
    path("accounts/confirm/key/", factors.confirm_by_key, name="mfa_reauthenticate_webauthn"),
    path("accounts/organization/", oidc.leave, name="oidc-sign-in"),
    path("accounts/organization/back/", oidc.come_back, name="openid_connect_callback"),
    path("account/", security.overview, name="mfa_index"),
    path("account/second-factor/", security.second_factor_needed, name="second-factor-needed"),
    path("account/password/", security.change_password, name="account_change_password"),
    path("account/app/", factors.add_app, name="mfa_activate_totp"),
    path("account/app/remove/", factors.remove_app, name="mfa_deactivate_totp"),
    path("account/keys/", factors.add_key, name="mfa_add_webauthn"),
    path("account/keys/<int:pk>/remove/", factors.remove_key, name="mfa_remove_webauthn"),
    path("account/codes/", factors.show_codes, name="mfa_view_recovery_codes"),
    path("account/codes/new/", factors.make_codes, name="mfa_generate_recovery_codes"),
    path("account/sessions/end/", security.sessions_end, name="sessions-end"),
    path("account/sessions/<slug:session>/end/", security.session_end, name="session-end"),
    path("delegations/", delegations.delegations, name="delegations"),
    path("delegations/<slug:delegation>/withdraw/", delegations.delegation_withdraw, name="delegation-withdraw"),
]
