using SimServe.Policies;

namespace SimServe.GpuBackend.Images;

/// <summary>How much two images of one size differ.</summary>
public static class ImageQuality
{
    private const double Sigma = 1.5;
    private const int Radius = 5;
    private const double C1 = 0.01 * 255 * 0.01 * 255;
    private const double C2 = 0.03 * 255 * 0.03 * 255;

    /// <summary>Peak signal-to-noise ratio over pixels and channels.</summary>
    /// <param name="first">An image.</param>
    /// <param name="second">An image of the same size.</param>
    /// <param name="within">The pixels that count; <c>null</c>: all.</param>
    /// <returns>10 log10(255² / mean squared error) in dB, 0 or more; positive infinity for identical images.</returns>
    public static double Psnr(RgbImage first, RgbImage second, PixelMask? within = null)
    {
        CheckSizes(first, second);
        var (sum, count) = (0.0, 0);
        for (var i = 0; i < first.Pixels.Length; i++)
        {
            if (within is null || within.Edited[i / 3])
            {
                double difference = first.Pixels[i] - second.Pixels[i];
                sum += difference * difference;
                count++;
            }
        }

        return 10 * Math.Log10(255.0 * 255.0 * count / sum);
    }

    /// <summary>Structural similarity, the mean over the three channels.</summary>
    /// <param name="first">An image of at least 11x11 pixels.</param>
    /// <param name="second">An image of the same size.</param>
    /// <param name="within">Windows count whose middle is one of these pixels; <c>null</c>, or where that leaves none: all.</param>
    /// <returns>From -1 to 1; 1 for identical images.</returns>
    /// <remarks>
    /// Source: Wang, Bovik, Sheikh and Simoncelli, "Image Quality Assessment: From Error Visibility to Structural Similarity", 2004, with its
    /// 11x11 Gaussian window (sigma 1.5), K1 = 0.01, K2 = 0.03 and population covariance. Only windows wholly inside the image count.
    /// </remarks>
    public static double Ssim(RgbImage first, RgbImage second, PixelMask? within = null) => SsimOfChannels(first, second, within).Average();

    /// <summary>Structural similarity of each channel.</summary>
    /// <param name="first">An image of at least 11x11 pixels.</param>
    /// <param name="second">An image of the same size.</param>
    /// <param name="within">Windows count whose middle is one of these pixels; <c>null</c>, or where that leaves none: all.</param>
    /// <returns>Red, green, blue; each from -1 to 1.</returns>
    public static IReadOnlyList<double> SsimOfChannels(RgbImage first, RgbImage second, PixelMask? within = null)
    {
        CheckSizes(first, second);
        if (Math.Min(first.Width, first.Height) < (2 * Radius) + 1)
        {
            throw new ArgumentException($"SSIM needs images of at least 11x11 pixels, not {first.Width}x{first.Height}.");
        }

        var counts = Windows(first, within);
        return [ChannelSsim(first, second, 0, counts), ChannelSsim(first, second, 1, counts), ChannelSsim(first, second, 2, counts)];
    }

    // Whether each window counts; null: all do.
    private static bool[]? Windows(RgbImage image, PixelMask? within)
    {
        var (width, height) = (image.Width - (2 * Radius), image.Height - (2 * Radius));
        var counts = new bool[within is null ? 0 : width * height];
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = within![(i % width) + Radius, (i / width) + Radius];
        }

        return counts.Contains(true) ? counts : null;
    }

    private static double ChannelSsim(RgbImage first, RgbImage second, int channel, bool[]? counts)
    {
        var (a, b) = (Plane(first, channel), Plane(second, channel));
        var (width, height) = (first.Width, first.Height);
        var (meanA, meanB) = (Blur(a, width, height), Blur(b, width, height));
        var squareA = Blur(Product(a, a), width, height);
        var squareB = Blur(Product(b, b), width, height);
        var cross = Blur(Product(a, b), width, height);
        var (sum, windows) = (0.0, 0);
        for (var i = 0; i < meanA.Length; i++)
        {
            if (counts?[i] == false)
            {
                continue;
            }

            windows++;
            var (ma, mb) = (meanA[i], meanB[i]);
            var (va, vb, covariance) = (squareA[i] - (ma * ma), squareB[i] - (mb * mb), cross[i] - (ma * mb));
            sum += ((2 * ma * mb) + C1) * ((2 * covariance) + C2) / (((ma * ma) + (mb * mb) + C1) * (va + vb + C2));
        }

        return sum / windows;
    }

    private static double[] Plane(RgbImage image, int channel)
    {
        var plane = new double[image.Width * image.Height];
        for (var i = 0; i < plane.Length; i++)
        {
            plane[i] = image.Pixels[(3 * i) + channel];
        }

        return plane;
    }

    private static double[] Product(double[] a, double[] b)
    {
        var product = new double[a.Length];
        for (var i = 0; i < a.Length; i++)
        {
            product[i] = a[i] * b[i];
        }

        return product;
    }

    // The window separates into rows and columns; the result holds only the windows that fit, (width - 10) x (height - 10).
    private static double[] Blur(double[] plane, int width, int height)
    {
        var inner = width - (2 * Radius);
        var rows = new double[inner * height];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = Weighted(plane, (i / inner * width) + (i % inner), 1);
        }

        var result = new double[inner * (height - (2 * Radius))];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = Weighted(rows, i, inner);
        }

        return result;
    }

    private static double Weighted(double[] values, int start, int stride)
    {
        double sum = 0;
        for (var k = 0; k < Window.Length; k++)
        {
            sum += Window[k] * values[start + (k * stride)];
        }

        return sum;
    }

    private static readonly double[] Window = GaussianWindow();

    private static double[] GaussianWindow()
    {
        var weights = Enumerable.Range(-Radius, (2 * Radius) + 1).Select(static k => Math.Exp(-k * k / (2 * Sigma * Sigma))).ToArray();
        var total = weights.Sum();
        return [.. weights.Select(weight => weight / total)];
    }

    private static void CheckSizes(RgbImage first, RgbImage second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Width != second.Width || first.Height != second.Height)
        {
            throw new ArgumentException(
                $"The images differ in size: {first.Width}x{first.Height} and {second.Width}x{second.Height} pixels; compare images of one size.");
        }
    }
}
