"""The icons in Huimin's sprite, by their Tabler names. Add a name, run tools/vendor.py."""

NAMES = """
    adjustments-horizontal alarm alert-circle alert-triangle ambulance antenna-bars-5 arrow-back-up
    arrow-down arrow-left arrow-right arrow-up arrows-sort award ban basket bed bell bolt book
    book-2 bookmark books bottle briefcase broadcast building building-bank building-broadcast-tower
    building-community building-cottage building-hospital building-store building-warehouse bulb bus
    calendar calendar-event camera cash certificate chart-bar chart-dots chart-line check checklist
    checks chevron-down chevron-left chevron-right chevron-up circle circle-check circle-dashed
    circle-dot circle-minus circle-plus circle-x clipboard clipboard-check clipboard-list clock
    cloud-off coin coin-yuan coins copy credit-card dashboard database device-desktop device-floppy
    device-mobile device-tv dots download droplet droplets edit external-link eye eye-off
    file-certificate file-description file-export file-import file-plus file-search file-spreadsheet
    file-text filter flag flask folder gavel gift hand-stop headset heart heart-handshake heartbeat
    help-circle history home home-check home-heart hourglass id id-badge-2 inbox info-circle key
    keyboard language layout-list leaf link list list-check list-details lock lock-open login logout
    lungs mail map map-2 map-pin map-pins medal medical-cross menu-2 message message-circle messages
    microphone minus moon network news notebook notes package pencil phone phone-call photo plant
    plant-2 player-pause player-play player-stop plug plus point presentation printer qrcode receipt
    refresh report-analytics route router rubber-stamp scale scan school search send server settings
    share shield shield-check shield-lock shield-x shopping-cart signature sitemap sort-ascending
    sort-descending speakerphone stack-2 star stethoscope table tag target temperature test-pipe
    thumb-up ticket timeline tool tractor transfer trash trending-down trending-up truck
    truck-delivery upload user user-check user-circle user-heart user-plus user-search user-x users
    users-group vaccine versions video virus virus-search wallet wheat wifi wifi-off wind world writing-sign x
"""

ICONS = frozenset(NAMES.split())
