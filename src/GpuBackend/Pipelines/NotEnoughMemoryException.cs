using System.Runtime.InteropServices;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>A model does not fit into a device's free memory; the message says how much is needed and how much there is.</summary>
public sealed class NotEnoughMemoryException : Exception
{
    // What Torch's allocators say, on the processor and on CUDA.
    private static readonly string[] Signs = ["can't allocate memory", "not enough memory", "out of memory"];

    /// <summary>Creates the exception.</summary>
    public NotEnoughMemoryException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">How much is needed, how much is free, what to do.</param>
    public NotEnoughMemoryException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">How much is needed, how much is free, what to do.</param>
    /// <param name="inner">The cause.</param>
    public NotEnoughMemoryException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Whether Torch failed because memory ran out.</summary>
    /// <param name="fault">What it threw.</param>
    internal static bool IsBehind(Exception fault) =>
        fault is ExternalException && Signs.Any(sign => fault.Message.Contains(sign, StringComparison.OrdinalIgnoreCase));

    /// <summary>Makes images; says in terms of the request when memory runs out.</summary>
    /// <param name="request">The request.</param>
    /// <param name="make">Serves it.</param>
    /// <exception cref="NotEnoughMemoryException">Torch had no memory for it.</exception>
    internal static ImageResult Guard(ImageRequest request, Func<ImageResult> make)
    {
        try
        {
            return make();
        }
        catch (Exception fault) when (IsBehind(fault))
        {
            throw For(request, fault);
        }
    }

    /// <summary>The exception for a request that Torch had no memory for.</summary>
    /// <param name="request">The request.</param>
    /// <param name="fault">What Torch threw; its first line says how much it asked for.</param>
    internal static NotEnoughMemoryException For(ImageRequest request, Exception fault) => new(
        $"Memory ran out while making {request.Count} image(s) of {request.Width}x{request.Height} pixels: {fault.Message.Split('\n')[0]} " +
        "Make smaller or fewer images at once, or use --dtype bfloat16.",
        fault);
}
