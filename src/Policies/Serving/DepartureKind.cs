namespace SimServe.Policies.Serving;

internal enum DepartureKind
{
    // All of its steps are done.
    Denoised,

    // It cannot be served by anyone.
    Refused,

    // It had not joined the batch when its worker failed or was asked to go: it is routed again.
    Displaced,

    // It was in the batch, or being decoded, when its device failed.
    Interrupted,

    // Its user has given up.
    Cancelled,
}
