"""The icons in Huimin's sprite, by their Tabler names. Add a name, run tools/vendor.py."""

NAMES = """
    adjustments-horizontal alert-circle alert-triangle antenna-bars-5 arrow-left arrow-right
    arrows-sort award ban basket bed bell bolt book book-2 bookmark books broadcast building
    building-bank building-community building-cottage building-hospital building-store bulb bus
    calendar calendar-event camera cash certificate chart-bar chart-dots chart-line check checklist
    checks chevron-down chevron-left chevron-right chevron-up circle circle-check circle-dashed
    circle-dot circle-x clipboard-check clipboard-list clock cloud-off coin coin-yuan coins copy
    dashboard database device-desktop device-floppy device-mobile device-tv dots download droplet
    droplets edit external-link eye eye-off file-certificate file-description file-export
    file-spreadsheet file-text filter flag flask folder gavel gift headset heart heart-handshake
    help-circle history home home-check home-heart hourglass id id-badge-2 inbox info-circle key
    keyboard language layout-list leaf link list list-check list-details lock lock-open login logout
    lungs mail map map-2 map-pin medal medical-cross menu-2 message message-circle messages
    microphone minus moon network news notebook notes package pencil phone phone-call photo plant-2
    player-play player-stop plug plus point printer qrcode receipt refresh report-analytics route
    router rubber-stamp scale scan school search send server settings share shield shield-check
    shield-lock shopping-cart signature sitemap sort-ascending sort-descending speakerphone star
    stethoscope table tag target temperature test-pipe ticket timeline tractor trash trending-down
    trending-up truck truck-delivery upload user user-check user-circle user-heart user-plus users
    users-group vaccine video virus wallet wheat wifi wifi-off wind world x
"""

ICONS = frozenset(NAMES.split())
