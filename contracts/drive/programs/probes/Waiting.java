/** Waits for so many seconds in one of Java's ways, and exits with 0 if its clocks say so. */
public class Waiting {
    public static void main(String[] arguments) throws InterruptedException {
        long seconds = Long.parseLong(arguments[1]);
        long[] began = clocks();
        if (arguments[0].equals("sleeping")) {
            Thread.sleep(seconds * 1000);
        } else {
            synchronized (began) {
                began.wait(seconds * 1000);
            }
        }
        long[] ended = clocks();
        boolean passed = ended[0] - began[0] >= (seconds - 1) * 1000 && ended[1] - began[1] >= (seconds - 1) * 1000;
        System.exit(passed ? 0 : 1);
    }

    private static long[] clocks() {
        return new long[] {System.currentTimeMillis(), System.nanoTime() / 1000000};
    }
}
