namespace SimServe.Policies.Scaling;

// From a computed number of workers to one that can be asked for.
internal static class WorkerCount
{
    // Rounded up, but not for the last digits of a quotient that is meant to be whole.
    public static int Ceiling(double workers) => (int)Math.Clamp(Math.Ceiling(workers - 1e-9), 1, int.MaxValue);
}
