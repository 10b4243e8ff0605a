package dev.atoll.bench.soak;

import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.Image;
import java.net.http.HttpClient;

/** What all workers of a soak share. */
record World(
    String tier,
    Atoll atoll,
    Admin admin,
    App app,
    Image image,
    HttpClient http,
    PatientClient client,
    History history) {}
