#!/usr/bin/python3
"""usage: samba-seed.py FOLDER ORGANISATION.json   provisions a domain in FOLDER and seeds it. Works without root."""
import json, logging, sys, time
import ldb
import samba.provision
from samba.auth import system_session
from samba.dsdb import UF_ACCOUNTDISABLE, UF_DONT_EXPIRE_PASSWD, UF_NORMAL_ACCOUNT, UF_SMARTCARD_REQUIRED
from samba.dsdb import DS_DOMAIN_FUNCTION_2008_R2
from samba.ndr import ndr_pack, ndr_unpack
from samba.dcerpc import security
from samba.param import LoadParm
from samba.samdb import SamDB

folder, document = sys.argv[1:3]
organisation = json.load(open(document, encoding="utf-8"))
REALM, NETBIOS, BASE = "AD.SAKURA.EXAMPLE", "SAKURA", "DC=ad,DC=sakura,DC=example"
ADMIN_PASSWORD = "Root-Of-The-Test-1"

lp = LoadParm()
lp.load(folder + "/base.conf")
samba.provision.provision(
    logging.getLogger("provision"), system_session(), smbconf=folder + "/base.conf", targetdir=folder, realm=REALM,
    domain=NETBIOS, serverrole="active directory domain controller", dns_backend="NONE", adminpass=ADMIN_PASSWORD,
    hostname="dc1", hostip="127.0.0.1", hostip6=None, root="nobody", nobody="nobody", users="nogroup", useeadb=True,
    skip_sysvolacl=True, use_rfc2307=False, lp=lp, dom_for_fun_level=DS_DOMAIN_FUNCTION_2008_R2)

lp = LoadParm()
lp.load(folder + "/etc/smb.conf")
db = SamDB(url=folder + "/private/sam.ldb", session_info=system_session(), lp=lp)


def rdn(value):
    dn = ldb.Dn(db, "CN=x")
    dn.set_component(0, "CN", value)
    return str(dn)


def filetime(seconds):
    return str(int((seconds + 11644473600) * 10**7))


def replace(dn, values, controls=()):
    message = ldb.Message(ldb.Dn(db, dn))
    for name, value in values.items():
        message[name] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, name)
    db.modify(message, controls=list(controls))


def interval(seconds):
    return str(-seconds * 10**7) if seconds else str(-(2**63))


default = organisation["policies"]["default"]
strict = organisation["policies"]["strict"]
db.transaction_start()
replace(BASE, {
    "minPwdLength": str(default["minLength"]), "pwdHistoryLength": str(default["historyLength"]), "pwdProperties": "1",
    "minPwdAge": "0", "maxPwdAge": interval(default["maxAgeSeconds"]), "lockoutThreshold": str(default["lockoutThreshold"]),
    "lockoutDuration": interval(default["lockoutSeconds"]), "lockOutObservationWindow": interval(default["lockoutSeconds"]),
})
for unit in ("Staff", "Groups"):
    db.add({"dn": f"OU={unit},{BASE}", "objectClass": "organizationalUnit"})

dns = {}
names = set()
for person in organisation["people"]:
    user = person["userId"]
    # Two people of one name in one OU: the second CN carries the user ID, as administrators do it.
    name = person["name"] if person["name"] not in names else f"{person['name']} ({user})"
    names.add(name)
    dns[user] = f"{rdn(name)},OU=Staff,{BASE}"
    control = UF_NORMAL_ACCOUNT
    control |= UF_ACCOUNTDISABLE if person["account"] == "disabled" else 0
    control |= UF_SMARTCARD_REQUIRED if person["account"] == "smart-card-required" else 0
    control |= UF_DONT_EXPIRE_PASSWD if person["account"] == "password-never-expires" else 0
    entry = {
        "dn": dns[user], "objectClass": "user", "sAMAccountName": user, "displayName": person["name"],
        "userPrincipalName": f"{user}@{REALM.lower()}", "sn": person["family"], "givenName": person["given"],
        "msDS-PhoneticDisplayName": person["reading"], "mail": person["mail"], "department": person["department"],
        "title": person["title"], "employeeNumber": person["employeeNumber"],
        "physicalDeliveryOfficeName": person["office"], "telephoneNumber": person["telephone"],
        "mobile": person["mobile"], "userAccountControl": str(control),
        "unicodePwd": f'"{organisation["password"]}"'.encode("utf-16-le"),
    }
    if person["account"] == "account-expired":
        entry["accountExpires"] = filetime(time.time() - 86400)
    db.add({key: value for key, value in entry.items() if value != ""})

for person in organisation["people"]:
    dn = dns[person["userId"]]
    if person["manager"]:
        replace(dn, {"manager": dns[person["manager"]]})
    if person["account"] == "must-change":
        replace(dn, {"pwdLastSet": "0"})
    if person["account"] == "password-expired":  # only possible on the database itself
        replace(dn, {"pwdLastSet": filetime(time.time() - 200 * 86400)}, ["local_oid:1.3.6.1.4.1.7165.4.3.12:0"])

# The sample's protected group is the domain's own one here.
groups = {group["name"]: f"{rdn(group['name'])},OU=Groups,{BASE}" for group in organisation["groups"]}
groups["domain-admins"] = f"CN=Domain Admins,CN=Users,{BASE}"
for group in organisation["groups"]:
    if group["name"] != "domain-admins":
        account = group["name"] if group["name"].isascii() and '"' not in group["name"] else "executives"
        db.add({"dn": groups[group["name"]], "objectClass": "group", "sAMAccountName": account,
                "description": group["description"]})
for group in organisation["groups"]:
    members = [dns[user] for user in group["members"]] + [groups[name] for name in group["groups"]]
    message = ldb.Message(ldb.Dn(db, groups[group["name"]]))
    message["member"] = ldb.MessageElement(members, ldb.FLAG_MOD_ADD, "member")
    db.modify(message)

for person in organisation["people"]:
    if person["policy"] == "strict":
        db.add({
            "dn": f"CN=strict,CN=Password Settings Container,CN=System,{BASE}", "objectClass": "msDS-PasswordSettings",
            "msDS-PasswordSettingsPrecedence": "10", "msDS-PasswordReversibleEncryptionEnabled": "FALSE",
            "msDS-PasswordHistoryLength": str(strict["historyLength"]), "msDS-PasswordComplexityEnabled": "TRUE",
            "msDS-MinimumPasswordLength": str(strict["minLength"]), "msDS-MinimumPasswordAge": "0",
            "msDS-MaximumPasswordAge": interval(strict["maxAgeSeconds"]),
            "msDS-LockoutThreshold": str(strict["lockoutThreshold"]),
            "msDS-LockoutDuration": interval(strict["lockoutSeconds"]),
            "msDS-LockoutObservationWindow": interval(1800), "msDS-PSOAppliesTo": dns[person["userId"]],
        })


def sid_of(dn):
    found = db.search(base=dn, scope=ldb.SCOPE_BASE, attrs=["objectSid"])
    return str(ndr_unpack(security.dom_sid, found[0]["objectSid"][0]))


def add_access(dn, aces):
    found = db.search(base=dn, scope=ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"])
    descriptor = ndr_unpack(security.descriptor, found[0]["nTSecurityDescriptor"][0])
    for ace in security.descriptor.from_sddl("D:" + aces, security.dom_sid(db.get_domain_sid())).dacl.aces:
        descriptor.dacl_add(ace, 0) if ace.type in (1, 6) else descriptor.dacl_add(ace)
    replace(dn, {"nTSecurityDescriptor": ndr_pack(descriptor)}, ["sd_flags:1:4"])


sid = sid_of(groups["helpdesk"])
USER = "bf967aba-0de6-11d0-a285-00aa003049e2"
RESET = "00299570-246d-11d0-a768-00aa006e0529"
LOCKOUT, LAST_SET = "28630ebf-41d5-11d1-a9c1-0000f80367c1", "bf967a0a-0de6-11d0-a285-00aa003049e2"
add_access(f"OU=Staff,{BASE}", f"(OA;CIIO;CR;{RESET};{USER};{sid})(OA;CIIO;RPWP;{LOCKOUT};{USER};{sid})"
                               f"(OA;CIIO;RPWP;{LAST_SET};{USER};{sid})")
# Samba has no SDProp: what it would do to members of protected groups, and what keeps agents off their fellows.
for user in ("yoshida.jun", "suzuki.ken", "sato.misaki", "takahashi.yumi"):
    add_access(dns[user], f"(OD;;CR;{RESET};;{sid})(OD;;WP;{LOCKOUT};;{sid})(OD;;WP;{LAST_SET};;{sid})")
# Delegated in part: the help desk may reset this one, but not require a change at next sign-in.
add_access(dns["maeda.ryo"], f"(OD;;WP;{LAST_SET};;{sid})")
db.transaction_commit()
