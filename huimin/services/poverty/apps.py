from huimin.manifest import ServiceConfig


class PovertyConfig(ServiceConfig):
    name = "huimin.services.poverty"
    label = "poverty"
