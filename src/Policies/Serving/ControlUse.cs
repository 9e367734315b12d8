namespace SimServe.Policies.Serving;

// One ControlNet of a request: on a device that runs them for workers, or on the worker (null); pinned there once it is loaded and the request has joined.
internal readonly record struct ControlUse(int ControlNet, int? Device, bool IsPinned);
