/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * doctor_chips.c -- what is known about WiFi drivers and CSI: two tables.
 *
 * Sources: the drivers themselves, as the pages in firmware-notes/ cite them. */
#include <fnmatch.h>
#include <linux/nl80211.h>
#include <string.h>
#include "tools/doctor.h"

static bool has_cfr(const struct doctor_facts *f, const struct doctor_radio *r)
{
	(void)f;
	return r->cfr;
}

static bool has_connector(const struct doctor_facts *f, const struct doctor_radio *r)
{
	(void)r;
	return f->connector && f->connector_log;
}

static bool has_csi_dev(const struct doctor_facts *f, const struct doctor_radio *r)
{
	(void)r;
	return f->csi_dev;
}

static bool has_side_ch(const struct doctor_facts *f, const struct doctor_radio *r)
{
	(void)r;
	return f->side_ch;
}

static bool has_raw_netlink(const struct doctor_facts *f, const struct doctor_radio *r)
{
	(void)r;
	return f->raw_netlink != 0;
}

static bool can_monitor(const struct doctor_facts *f, const struct doctor_radio *r)
{
	return r->nl >= 0 && wifi_phy_can(&f->wifi.phy[r->nl], NL80211_IFTYPE_MONITOR);
}

const struct doctor_way doctor_ways[DOCTOR_WAYS] = {
	[DOCTOR_MT76] = {
		.name = "MediaTek's CSI command", .source = "mt76", .vendor = 0x0ce7, .command = 0xc2,
		.needs_up = true, .needs_stations = true,
		.lacks = "the driver has no CSI command: it was built without MediaTek's patches",
		.remedy = "install a firmware image whose mt76 has MediaTek's CSI patches (firmware-notes/mt76.md)",
	},
	[DOCTOR_IWLWIFI] = {
		.name = "Intel's CSI events", .source = "iwlwifi", .vendor = 0x001735, .command = 0x24,
		.needs_up = true, .needs_stations = true,
		.lacks = "the driver has no CSI command: it is the kernel's own iwlwifi",
		.remedy = "install a patched iwlwifi that has it, such as FeitCSI's (firmware-notes/iwlwifi.md)",
	},
	[DOCTOR_INTEL5300] = {
		.name = "the 802.11n CSI tool's connector", .source = "intel5300", .here = has_connector,
		.needs_up = true,
		.lacks = "no connector, or an iwlwifi without connector_log: it is the kernel's own iwlwifi",
		.remedy = "use a kernel with the CSI tool's driver and firmware (firmware-notes/intel5300.md)",
	},
	[DOCTOR_ATH11K] = {
		.name = "Qualcomm's CFR", .source = "ath11k", .here = has_cfr, .needs_stations = true,
		.in_debugfs = true,
		.lacks = "no enable_cfr in debugfs: the driver was built without CONFIG_ATH11K_CFR, or this chip "
			 "cannot",
		.remedy = "use a kernel that has CONFIG_ATH11K_CFR, 7.0 or with its backport (firmware-notes/ath11k.md)",
	},
	[DOCTOR_ATH9K] = {
		.name = "the Atheros CSI tool's device", .source = "ath9k", .here = has_csi_dev, .needs_up = true,
		.lacks = "no /dev/CSI_dev: the driver is the kernel's own ath9k",
		.remedy = "use a kernel with the Atheros CSI tool's driver (firmware-notes/atheros.md)",
	},
	[DOCTOR_NEXMON] = {
		.name = "Nexmon's UDP frames", .source = "nexmon",
		.lacks = "whether the firmware is Nexmon's cannot be seen from outside",
		.remedy = "with Nexmon's firmware, add a [source] with driver = nexmon and listen "
			  "(firmware-notes/nexmon.md)",
	},
	[DOCTOR_OPENWIFI] = {
		.name = "openwifi's side channel", .source = "openwifi", .here = has_side_ch,
		.lacks = "the module side_ch is not loaded",
		.remedy = "insmod side_ch.ko (firmware-notes/openwifi.md)",
	},
	[DOCTOR_NXP] = {
		.name = "events of NXP's driver", .source = "nxp", .here = has_raw_netlink, .needs_up = true,
		.lacks = "the kernel has no netlink protocol of a driver's own: NXP's mwifiex would have one",
		.remedy = "use NXP's own mwifiex, built with CSI (firmware-notes/nxp.md)",
	},
	[DOCTOR_INFINEON] = {
		.name = "blocks of Infineon's driver", .source = "infineon", .driver = "brcmfmac", .here = has_raw_netlink,
		.lacks = "the kernel has no netlink protocol of a driver's own: Infineon's brcmfmac would have one",
		.remedy = "use Infineon's own brcmfmac (firmware-notes/infineon.md)",
	},
	[DOCTOR_BFI] = {
		.name = "beamforming feedback of others", .source = "beamforming", .here = can_monitor,
		.needs_monitor = true,
		.lacks = "the driver has no monitor mode",
		.remedy = "",
	},
};

/* The first that fits counts, so what is told apart by id stands before its driver's
 * general row. */
const struct doctor_chip doctor_chips[] = {
	{ "mt7915e mt798x-wmac mt7986-wmac",
	  "pci:14c3:7915 pci:14c3:7906 of:mediatek,mt7981-wmac of:mediatek,mt7986-wmac", false,
	  "MediaTek MT7915, MT7916, MT7981 or MT7986", "mt7915e", "kmod-mt7915e", DOCTOR_MT76,
	  "some of its firmwares accept the command and measure nothing" },
	{ "mt7996e", "pci:14c3:7990 pci:14c3:7992 pci:14c3:7993", false,
	  "MediaTek MT7996, MT7992 or MT7990", "mt7996e", "kmod-mt7996e", DOCTOR_MT76, NULL },
	{ "mt7921e mt7921s mt7921u mt7925e mt7925u", "pci:14c3:7961 pci:14c3:0616 pci:14c3:7925", false,
	  "MediaTek MT7921, MT7922 or MT7925", "mt7921e", "kmod-mt7921e", -1,
	  "MediaTek's client chips do not give CSI out" },
	{ "mt7603e mt7615e mt7622-wmac mt7663u mt76x0e mt76x0u mt76x2e mt76x2u mt7628-wmac mt7603-wmac",
	  "pci:14c3:7603 pci:14c3:7615 pci:14c3:7612 pci:14c3:7662", false,
	  "MediaTek, older than MT7915", "mt76x2e", "kmod-mt76", -1,
	  "MediaTek's chips give CSI out from MT7915 on" },
	{ "iwlwifi", "pci:8086:4235 pci:8086:4236", true,
	  "Intel 5300", "iwlwifi", "kmod-iwlwifi", DOCTOR_INTEL5300, NULL },
	{ "iwlwifi", "pci:8086:2723 pci:8086:2725", true,
	  "Intel AX200 or AX210", "iwlwifi", "kmod-iwlwifi", DOCTOR_IWLWIFI, NULL },
	{ "iwlwifi", "", false, "Intel", "iwlwifi", "kmod-iwlwifi", DOCTOR_IWLWIFI,
	  "known to give CSI out with patched drivers: AX200, AX210 and the old 5300" },
	{ "ath11k ath11k_pci", "of:qcom,ipq8074-wifi pci:17cb:1103", true,
	  "Qualcomm IPQ8074 or WCN6855", "ath11k_pci", "kmod-ath11k", DOCTOR_ATH11K,
	  "of WCN6855 only hw2.1 can" },
	{ "ath11k ath11k_pci", "of:qcom,ipq6018-wifi of:qcom,ipq5018-wifi pci:17cb:1101 pci:17cb:1104", false,
	  "Qualcomm, 802.11ax", "ath11k_pci", "kmod-ath11k", DOCTOR_ATH11K,
	  "the driver allows CFR on IPQ8074, WCN6855 hw2.1 and QCA6698AQ only" },
	{ "ath10k_pci ath10k_ahb ath10k_sdio ath10k_usb ath10k_snoc ath12k_pci ath12k_ahb", "pci:168c:003c pci:168c:0046 pci:17cb:1109",
	  false, "Qualcomm, driver ath10k or ath12k", "ath10k_pci", "kmod-ath10k", -1,
	  "these drivers do not give CSI out" },
	{ "ath9k", "pci:168c:0030 pci:168c:0032 pci:168c:0033 pci:168c:0034 pci:168c:0036", false,
	  "Atheros AR93xx, AR94xx or AR95xx", "ath9k", "kmod-ath9k", DOCTOR_ATH9K, NULL },
	{ "brcmfmac", "sdio:02d0:a9a6 sdio:02d0:a9bf sdio:02d0:4345", false,
	  "Broadcom, as on a Raspberry Pi", "brcmfmac", "kmod-brcmfmac", DOCTOR_NEXMON,
	  "Nexmon has firmware for 43455c0 (Pi 3B+, 4, 5) among others" },
	{ "sdr sdr,sdr", "", false, "openwifi", "sdr", "", DOCTOR_OPENWIFI, NULL },
	{ "wlan_pcie wlan_sdio moal", "", false,
	  "NXP", "moal", "", DOCTOR_NXP,
	  "how it packs values is not published: `layout` has to tell, out of NXP's documentation" },
	{ "mwifiex_pcie mwifiex_sdio mwifiex_usb", "", false, "NXP or Marvell", "mwifiex_pcie", "kmod-mwifiex-pcie", -1,
	  "the kernel's own driver gives no CSI out; NXP's does, packed in a way that is not published "
	  "(firmware-notes/nxp.md)" },
	{ "rtw_8822be rtw_8822ce rtw_8821ce rtw_8723de rtw89_8852ae rtw89_8852be rtw89_8852ce rtl8xxxu rtl8192cu rtl8188ee",
	  "", false, "Realtek", "", "", -1, "no driver of Realtek's chips gives CSI out" },
	{ "mac80211_hwsim", "", false, "simulated radio of the kernel", "mac80211_hwsim", "", -1,
	  "frames without a channel: there is nothing to measure" },
	{ NULL, NULL, false, NULL, NULL, NULL, -1, NULL }
};

/* Is the word, or what it fits as a pattern, in the list? */
static bool listed(const char *list, const char *word)
{
	while (*list) {
		size_t len = strcspn(list, " ");
		char one[DOCTOR_NAME_LEN];

		if (len && len < sizeof(one)) {
			memcpy(one, list, len);
			one[len] = 0;
			if (!fnmatch(one, word, 0))
				return true;
		}
		list += len + strspn(list + len, " ");
	}
	return false;
}

const struct doctor_chip *doctor_chip_find(const char *driver, const char *id)
{
	for (const struct doctor_chip *c = doctor_chips; c->title; c++) {
		bool same_id = *id && listed(c->ids, id);

		if (*driver ? listed(c->drivers, driver) && (same_id || !c->by_id) : same_id)
			return c;
	}
	return NULL;
}
